// provisioner makes PersistentVolumes of type "local" as directories ROOT/<node>/<volume>. All nodes
// share one file system, so one process serves them all. Type "local" and not "hostPath": kubelet
// applies a pod's fsGroup to the first only.
package main

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"

	"mcp-mesh/cluster/internal/access"
)

type provisioner struct{ root string }

func (p provisioner) Provision(_ context.Context, o controller.ProvisionOptions) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	if o.SelectedNodeName == "" {
		return nil, controller.ProvisioningFinished, errors.New("the storage class must say volumeBindingMode: WaitForFirstConsumer")
	}
	dir := filepath.Join(p.root, o.SelectedNodeName, o.PVName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	onItsNode := v1.NodeSelectorRequirement{
		Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{o.SelectedNodeName},
	}
	return &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: o.PVName},
		Spec: v1.PersistentVolumeSpec{
			AccessModes:                   o.PVC.Spec.AccessModes,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: o.PVC.Spec.Resources.Requests[v1.ResourceStorage]},
			PersistentVolumeReclaimPolicy: *o.StorageClass.ReclaimPolicy,
			PersistentVolumeSource:        v1.PersistentVolumeSource{Local: &v1.LocalVolumeSource{Path: dir}},
			NodeAffinity: &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{NodeSelectorTerms: []v1.NodeSelectorTerm{
				{MatchExpressions: []v1.NodeSelectorRequirement{onItsNode}},
			}}},
		},
	}, controller.ProvisioningFinished, nil
}

// Delete trusts the volume's name and not its path: whoever may edit a PersistentVolume must not delete other directories.
func (p provisioner) Delete(_ context.Context, volume *v1.PersistentVolume) error {
	matches, err := filepath.Glob(filepath.Join(p.root, "*", volume.Name))
	if err != nil {
		return err
	}
	for _, dir := range matches {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the cluster")
	root := flag.String("root", "", "directory of all volumes")
	name := flag.String("name", "", "the storage classes' provisioner")
	klog.InitFlags(nil)
	flag.Parse()
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatal(err)
	}
	ctx := context.Background()
	client := kubernetes.NewForConfigOrDie(config)
	access.Wait(ctx, func(ctx context.Context) (*v1.PersistentVolumeClaimList, error) {
		return client.CoreV1().PersistentVolumeClaims("").List(ctx, metav1.ListOptions{Limit: 1})
	})
	controller.NewProvisionController(ctx, client, *name, provisioner{*root}, controller.LeaderElection(false)).Run(ctx)
}
